import { ConnectionIndicator } from './ConnectionIndicator';

/** The name of the place, and how its connection stands. */
export function Header() {
  return (
    <header className="header">
      <div className="header-content column">
        <h1 className="brand">
          <svg className="brand-mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
            <rect width="32" height="32" rx="8" />
            <path d="M8 9h16v11H15l-5 4v-4H8z" />
          </svg>
          Parley
        </h1>
        <ConnectionIndicator />
      </div>
    </header>
  );
}
