export * from './free-port.js';
export * from './http-client.js';
export * from './test-bus.js';
export * from './test-certificate.js';
export * from './test-databases.js';
export * from './test-system.js';
export * from './test-vhost.js';
export * from './wait-for.js';
