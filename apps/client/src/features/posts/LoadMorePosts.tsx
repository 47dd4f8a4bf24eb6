import { Button } from '../../components/Button';
import { FormError } from '../../components/FormError';
import { messageOf } from '../../lib/problem';
import { useLoadMorePosts } from './use-feed';

/** Reads the next page of posts. */
export function LoadMorePosts() {
  const { mutate, isPending, error } = useLoadMorePosts();
  return (
    <div className="load-more">
      <FormError message={error ? messageOf(error) : undefined} />
      <Button pending={isPending} onClick={() => mutate()}>
        {isPending ? 'Loading…' : 'Load more posts'}
      </Button>
    </div>
  );
}
