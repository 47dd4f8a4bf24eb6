import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A certificate that signed itself, and so is its own authority; made with the `openssl` command. */
export class TestCertificate {
  private constructor(
    private readonly folder: string,
    /** PEM. */
    readonly cert: string,
  ) {}

  /** @param names what it is for: `DNS:comments.test`, `IP:127.0.0.1` */
  static async create(...names: string[]): Promise<TestCertificate> {
    const folder = await mkdtemp(join(tmpdir(), 'parley-certificate-'));
    const certificate = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const about = ['-subj', '/CN=parley test', '-addext', `subjectAltName=${names.join(',')}`];
    const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
    await execute('openssl', ['req', ...certificate, ...about, ...files]);
    return new TestCertificate(folder, await readFile(join(folder, 'cert.pem'), 'utf8'));
  }

  /** The environment of a process that serves HTTPS with it. */
  get env(): { TLS_CERT_FILE: string; TLS_KEY_FILE: string } {
    return { TLS_CERT_FILE: join(this.folder, 'cert.pem'), TLS_KEY_FILE: join(this.folder, 'key.pem') };
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
