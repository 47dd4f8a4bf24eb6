import { LiveRegion } from '../components/LiveRegion';
import { DeletionProvider } from '../features/deletion/DeletionProvider';
import { Feed } from '../features/posts/Feed';
import { NewPost } from '../features/posts/NewPost';
import { Header } from './Header';

/** The whole page. */
export function App() {
  return (
    <>
      <a className="skip-link" href="#posts">
        Skip to the posts
      </a>
      <Header />
      <DeletionProvider>
        <main className="column">
          <NewPost />
          <Feed />
        </main>
      </DeletionProvider>
      <LiveRegion />
    </>
  );
}
