import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Runs one of openssl's commands, written as on a command line; no argument has a space. */
const openssl = async (folder: string, command: string): Promise<void> =>
  void (await promisify(execFile)('openssl', command.split(' '), { cwd: folder }));
const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';

/** A certificate authority of a test's own, and what it vouches for: files in a folder, good for two days. */
export class Authority {
  private constructor(private readonly folder: string) {}

  static async create(folder: string): Promise<Authority> {
    await openssl(folder, `req -x509 ${newKey} -days 2 -subj /CN=authority -keyout ca.key -out ca.pem`);
    return new Authority(folder);
  }

  /** What NODE_EXTRA_CA_CERTS names. */
  get file(): string {
    return join(this.folder, 'ca.pem');
  }

  /**
   * Makes a certificate, in the place of the one made before.
   *
   * @param hosts for whom: `DNS:localhost`, `IP:127.0.0.1`
   */
  async certify(hosts: string[]): Promise<{ certificate: string; key: string }> {
    await writeFile(join(this.folder, 'extensions'), `subjectAltName=${hosts.join(',')}\n`);
    await openssl(this.folder, `req ${newKey} -subj /CN=server -keyout server.key -out server.csr`);
    const signing = '-CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile extensions';
    await openssl(this.folder, `x509 -req ${signing} -in server.csr -out server.pem`);
    return { certificate: join(this.folder, 'server.pem'), key: join(this.folder, 'server.key') };
  }
}
