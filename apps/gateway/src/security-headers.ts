import helmet from '@fastify/helmet';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const ONE_YEAR = 365 * 24 * 60 * 60;

/**
 * Puts security headers on every answer. The web client needs nothing from elsewhere, so its policy allows nothing else.
 *
 * @param https whether we serve HTTPS, and browsers shall insist on it. If not, that is left to whoever puts TLS in front
 */
export async function addSecurityHeaders(app: NestFastifyApplication, https: boolean): Promise<void> {
  await app.register(helmet, {
    // Of other hosts in its domain the gateway knows nothing.
    strictTransportSecurity: https && { maxAge: ONE_YEAR, includeSubDomains: false },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        connectSrc: ["'self'"],
      },
    },
  });
}
