import { Inject, Injectable } from '@nestjs/common';
import { ServiceDirectory } from '#messaging';
import { ProblemException } from '#service';

/** Injection token of the URLs of the posts service that the configuration lists. */
export const POSTS_URLS = Symbol('PostsUrls');

/** How long the posts service may take to answer, in milliseconds. */
const TIMEOUT = 2_000;

/** Asks the posts service: one of its instances after the other, beginning with the one that answered last. */
@Injectable()
export class PostsClient {
  private answeredLast: string | undefined;

  constructor(
    @Inject(POSTS_URLS) private readonly listed: string[],
    private readonly directory: ServiceDirectory,
  ) {}

  /**
   * Whether the post exists.
   *
   * @throws ProblemException `service-unavailable` when no instance answers
   */
  async exists(id: string): Promise<boolean> {
    for (const url of this.urls()) {
      const status = await this.statusOf(url, `/posts/${id}`);
      if (status !== 200 && status !== 404) continue;
      this.answeredLast = url;
      return status === 200;
    }
    throw new ProblemException(
      'service-unavailable',
      `The post ${id} is not known here yet, and the posts service cannot be asked now; try again.`,
      { retryAfter: 1 },
    );
  }

  private urls(): string[] {
    const urls = this.directory.urlsOf('posts', this.listed);
    return urls.toSorted((a, b) => Number(b === this.answeredLast) - Number(a === this.answeredLast));
  }

  private async statusOf(url: string, path: string): Promise<number | undefined> {
    try {
      const options = { method: 'HEAD', signal: AbortSignal.timeout(TIMEOUT) };
      const { status } = await fetch(url.replace(/\/$/, '') + path, options);
      return status;
    } catch {
      this.directory.unreachable(url);
      return undefined;
    }
  }
}
