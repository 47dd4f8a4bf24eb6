import { Button } from '../../components/Button';
import { FormError } from '../../components/FormError';
import { type FeedPost, hiddenComments } from '../../lib/feed';
import { plural } from '../../lib/plural';
import { messageOf } from '../../lib/problem';
import { useLoadMoreComments } from './use-comments';

/** Stands in the thread for the comments that are not loaded, and loads them. */
export function MoreComments({ post }: { post: FeedPost }) {
  const { mutate, isPending, error } = useLoadMoreComments(post.id);
  return (
    <li className="more-comments">
      <FormError message={error ? messageOf(error) : undefined} />
      <Button look="link" pending={isPending} data-focus-target="" onClick={() => mutate()}>
        {isPending ? 'Loading…' : `Show ${plural(hiddenComments(post), 'more comment')}`}
      </Button>
    </li>
  );
}
