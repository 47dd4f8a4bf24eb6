import { PostForm } from './PostForm';
import { useCreatePost } from './use-post-writes';

/** The form that writes a post. */
export function NewPost() {
  const createPost = useCreatePost();
  return (
    <section className="card composer">
      <h2 className="composer-title" id="new-post">
        Write a post
      </h2>
      <PostForm
        labelledBy="new-post"
        submitLabel="Publish"
        pendingLabel="Publishing…"
        onSubmit={async (text) => {
          await createPost.mutateAsync(text);
        }}
      />
    </section>
  );
}
