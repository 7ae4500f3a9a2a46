/** Icons of 16 by 16 px, drawn as lines. They stand beside a word or have a label. */
const PATHS = {
  tasks: 'M5 4h8M5 8h8M5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01',
  wallet: 'M2 5.5h11a1 1 0 0 1 1 1v6H3a1 1 0 0 1-1-1zM2 5.5l8-3v3M11 9.5h.5',
  chart: 'M3 13V8M8 13V3M13 13V6',
  day: 'M2.5 4h11v9.5h-11zM2.5 7h11M5 2.5V5M11 2.5V5',
  people:
    'M6 7.5a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4M2 13c.3-2.4 1.8-3.6 4-3.6s3.7 1.2 4 3.6M10.5 3.4a2 2 0 0 1 0 3.9M14 12.6c-.2-1.7-1-2.7-2.3-3.1',
  pulse: 'M1.5 8.5h3l2-5 3 9 2-4h3',
  star: 'M8 2.2l1.8 3.7 4 .6-2.9 2.8.7 4L8 11.4l-3.6 1.9.7-4L2.2 6.5l4-.6z',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 9.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4',
  box: 'M2.5 5h11v8h-11zM2.5 5l2-2.5h7l2 2.5M6 8.5h4',
  mail: 'M2 4h12v8.5H2zM2 4.5l6 4.5 6-4.5',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M13.5 13.5l-3.2-3.2',
  check: 'M3 8.5l3.2 3L13 4.5',
  plus: 'M8 3v10M3 8h10',
  shuffle: 'M2 4.5h2.5l6 7H14M2 11.5h2.5l6-7H14M12 2.5l2 2-2 2M12 9.5l2 2-2 2',
  left: 'M10 4L6 8l4 4',
  right: 'M6 4l4 4-4 4',
  warning: 'M8 2.5l6 11H2zM8 6.5v3M8 11.5h.01',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  cross: 'M4 4l8 8M12 4l-8 8',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
