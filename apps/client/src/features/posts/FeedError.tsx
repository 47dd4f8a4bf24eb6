import { Button } from '../../components/Button';
import { Notice } from '../../components/Notice';
import { messageOf } from '../../lib/problem';

/** Told in the place of the posts when they could not be read. */
export function FeedError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <div role="alert">
      <Notice icon="alert" title="The posts could not be loaded">
        <p>{messageOf(error)}</p>
        <Button onClick={onRetry}>Try again</Button>
      </Notice>
    </div>
  );
}
