/** The attributes of an event: CloudEvents in binary content mode, as headers of the message. */

/** The actor of an event, their address, and the correlation. */
export interface Cause {
  /** A user's id, `operator:<user>@<host>`, or `service:<name>` when a service acts by itself. */
  readonly actorId: string;
  /** The network address the actor called from; null for a service. */
  readonly actorAddress: string | null;
  /** The id that a request or job shares with everything that it causes. */
  readonly correlationId: string;
  /** The event whose handling caused this one; null for the first of a chain. */
  readonly causationId: string | null;
  /** W3C trace context. */
  readonly traceparent: string | null;
}

export interface Envelope extends Cause {
  /** UUIDv7; also the `Nats-Msg-Id`. */
  readonly id: string;
  readonly type: string;
  /** The service that appended it to its outbox. */
  readonly source: string;
  /** `<aggregate>/<id>` */
  readonly subject: string;
  /** The aggregate's version: 1, 2, 3 … without gaps. */
  readonly sequence: number;
  /** The time of the change. */
  readonly time: Date;
}
