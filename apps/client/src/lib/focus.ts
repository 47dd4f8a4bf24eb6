import { type RefObject, useEffect, useLayoutEffect } from 'react';

/** Marks the element that takes the focus on behalf of an item of a list. */
export const focusTarget = { 'data-focus-target': '', tabIndex: -1 } as const;

/** Marks what holds a list: its first focus target takes the focus when the last item goes away. */
export const focusList = { 'data-focus-list': '' } as const;

const TARGET = '[data-focus-target]';
const FRAMES = 20;

/** Moves the focus to an element that is about to be rendered, or about to be free of a modal dialog. */
export function focusSoon(find: () => HTMLElement | null | undefined, options?: FocusOptions): void {
  let frames = 0;
  const attempt = (): void => {
    const element = find();
    element?.focus(options);
    frames += 1;
    if (frames < FRAMES && (!element || document.activeElement !== element)) requestAnimationFrame(attempt);
  };
  requestAnimationFrame(attempt);
}

/** Finds where the focus is to go when an item of a list goes away: to the next item, the one before, or the list. */
export function findNeighbour(item: Element): () => HTMLElement | null {
  const list = item.parentElement?.closest<HTMLElement>('[data-focus-list]');
  const candidates = [item.nextElementSibling, item.previousElementSibling, list ?? null].map(targetOf);
  // Some of them may go away at the same time.
  return () => candidates.find((candidate) => candidate?.isConnected) ?? null;
}

/** Keeps the focus near when an item goes away that has it, whoever deleted the item. */
export function useFocusOnRemoval(ref: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const item = ref.current;
    return () => {
      // The clean-up runs before the element is taken out of the document.
      if (item?.contains(document.activeElement)) focusSoon(findNeighbour(item));
    };
  }, [ref]);
}

/** Moves the focus to the first field of a form that somebody asked for. */
export function useFocusFirstField(form: RefObject<HTMLFormElement | null>, wanted: boolean): void {
  useEffect(() => {
    if (wanted) form.current?.querySelector<HTMLElement>('input, textarea')?.focus();
  }, [form, wanted]);
}

function targetOf(element: Element | null): HTMLElement | null {
  if (!element) return null;
  return element.matches(TARGET) ? (element as HTMLElement) : element.querySelector<HTMLElement>(TARGET);
}
