/** The shape of the posts while they are on their way. */
export function FeedSkeleton() {
  return (
    <div role="status">
      <span className="visually-hidden">Loading posts…</span>
      {['first', 'second', 'third'].map((key) => (
        <div key={key} className="card skeleton" aria-hidden="true">
          <span className="bone bone-title" />
          <span className="bone bone-meta" />
          <span className="bone" />
          <span className="bone bone-short" />
        </div>
      ))}
    </div>
  );
}
