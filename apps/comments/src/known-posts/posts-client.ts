import { ProblemException } from '#service';

/** How long the posts service may take to answer, in milliseconds. */
const TIMEOUT = 2_000;

/** Asks the posts service. */
export class PostsClient {
  /** @param urls base URLs of its instances, tried in turn */
  constructor(private readonly urls: string[]) {}

  /**
   * Whether the post exists.
   *
   * @throws ProblemException `service-unavailable` when no instance answers
   */
  async exists(id: string): Promise<boolean> {
    for (const url of this.urls) {
      const status = await this.statusOf(`${url.replace(/\/$/, '')}/posts/${id}`);
      if (status === 200) return true;
      if (status === 404) return false;
    }
    throw new ProblemException(
      'service-unavailable',
      `The post ${id} is not known here yet, and the posts service cannot be asked now; try again.`,
      { retryAfter: 1 },
    );
  }

  private async statusOf(url: string): Promise<number | undefined> {
    try {
      const response = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(TIMEOUT) });
      return response.status;
    } catch {
      return undefined;
    }
  }
}
