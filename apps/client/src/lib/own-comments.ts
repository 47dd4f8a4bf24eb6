import type { Comment, CommentView } from '#contracts';

interface OwnText {
  version: number;
  content: string;
  /** Whether its verdict was told already. */
  judged: boolean;
}

/**
 * Remembers what was written in this tab. The read model shows nobody the text of a comment that is not approved, so
 * the author's own view of it is put together here. It lives as long as the tab.
 */
export class OwnComments {
  readonly #texts = new Map<string, OwnText>();

  /** Takes what a POST or a PATCH answered. */
  remember({ id, version, content }: Comment): void {
    this.#texts.set(id, { version, content, judged: false });
  }

  /** The comment with the author's own text where the read model withholds it. */
  fill(comment: CommentView): CommentView {
    const own = this.#texts.get(comment.id);
    if (comment.content !== null || !own) return comment;
    // The text belongs to the version that was written and to the verdict that follows it. A later version is a text
    // that somebody else wrote.
    const writtenHere = comment.version === own.version || (isJudged(comment) && comment.version === own.version + 1);
    return writtenHere ? { ...comment, content: own.content } : comment;
  }

  /** Whether this state is the verdict on a text written here; true only once for each text. */
  takeVerdict(comment: CommentView): boolean {
    const own = this.#texts.get(comment.id);
    if (!own || own.judged || !isJudged(comment) || comment.version <= own.version) return false;
    own.judged = true;
    return true;
  }
}

const isJudged = ({ status }: CommentView): boolean => status !== 'pending';
