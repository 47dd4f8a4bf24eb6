/**
 * The services that own data, with the port each listens on unless `PORT` says otherwise.
 * A service's name is also the name of its RabbitMQ queue and of its database file.
 */
export const defaultPorts = {
  gateway: 3000,
  posts: 4000,
  comments: 4001,
  query: 4002,
  moderation: 4003,
} as const;

export type AppName = keyof typeof defaultPorts;
export type ServiceName = Exclude<AppName, 'gateway'>;
