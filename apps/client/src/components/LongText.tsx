import { useId, useState } from 'react';
import { Button } from './Button';

const LONG_CHARACTERS = 1_200;
const LONG_LINES = 14;

/** A plain text with its line breaks. A long one is shown in part until somebody wants all of it. */
export function LongText({ text, className = '' }: { text: string; className?: string }) {
  const id = useId();
  const [expanded, setExpanded] = useState(false);
  const long = text.length > LONG_CHARACTERS || text.split('\n').length > LONG_LINES;
  return (
    <>
      <p id={id} className={`text ${long && !expanded ? 'text-clamped' : ''} ${className}`} dir="auto">
        {text}
      </p>
      {long && (
        <Button look="link" aria-expanded={expanded} aria-controls={id} onClick={() => setExpanded(!expanded)}>
          {expanded ? 'Show less' : 'Show all'}
        </Button>
      )}
    </>
  );
}
