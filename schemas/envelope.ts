/** The attributes of an event: CloudEvents in binary content mode, as headers of the message. */

/** Who caused an event, from where, and in the course of what. */
export interface Cause {
  /** A user's id, `operator:<user>@<host>`, or `service:<name>` where a service acts by itself. */
  readonly actorId: string;
  /** The network address the actor called from; null for a service. */
  readonly actorAddress: string | null;
  /** The request or job that everything which follows from it shares. */
  readonly correlationId: string;
  /** The event that was handled when this one was made; null for the first of a chain. */
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
  /** When the change was made. */
  readonly time: Date;
}
