/** Thrown by a handler for an event that no later attempt can help: it goes to the dead letters at once. */
export class UnrecoverableEventError extends Error {
  override readonly name: string = 'UnrecoverableEventError';
}

/** A handler took longer than it may. It may still end, and take effect. */
export class HandlerTimeoutError extends Error {
  override readonly name = 'HandlerTimeoutError';
}

/** The message is not an event that we know: not JSON, not a CloudEvent, or its data breaks the schema. */
export class MalformedEventError extends UnrecoverableEventError {
  override readonly name = 'MalformedEventError';
}

/** The service has no handler for this type of event: its code and the event table disagree. */
export class UnhandledEventError extends UnrecoverableEventError {
  override readonly name = 'UnhandledEventError';
}

/** The event log is another than was expected, or no longer holds what is needed. */
export class OtherLogError extends Error {
  override readonly name = 'OtherLogError';
}

/** RabbitMQ answered a publish with a nack: a queue that the message was to reach could not take it. */
export class PublishRefusedError extends Error {
  override readonly name = 'PublishRefusedError';
}
