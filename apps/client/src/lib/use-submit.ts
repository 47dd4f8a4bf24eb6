import { type FormEvent, useEffect, useRef, useState } from 'react';
import { type FormErrors, toFormErrors } from './problem';

const noErrors: FormErrors = { fields: {} };

export interface SubmitOptions {
  fieldNames: readonly string[];
  /** What is wrong with the input, by field; empty when it may be sent. */
  validate: () => Record<string, string>;
  send: () => Promise<void>;
}

/** Sends a form: once at a time, when it is valid, and with the errors told at its fields. */
export function useSubmit({ fieldNames, validate, send }: SubmitOptions) {
  const form = useRef<HTMLFormElement>(null);
  // Two submits may come before the first of them is rendered, so the state alone would let both through.
  const busy = useRef(false);
  const [pending, setPending] = useState(false);
  const [errors, setErrors] = useState(noErrors);

  useEffect(() => {
    if (Object.keys(errors.fields).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [errors]);

  const run = async (): Promise<void> => {
    if (busy.current) return;
    const invalid = validate();
    setErrors({ fields: invalid });
    if (Object.keys(invalid).length > 0) return;
    busy.current = true;
    setPending(true);
    try {
      await send();
    } catch (error) {
      setErrors(toFormErrors(error, fieldNames));
    } finally {
      busy.current = false;
      setPending(false);
    }
  };

  return {
    form,
    pending,
    errors,
    onSubmit: (event: FormEvent): void => {
      event.preventDefault();
      void run();
    },
    /** Takes the error of a field away, as soon as somebody sets about mending it. */
    clearError: (name: string): void => {
      if (errors.fields[name] === undefined) return;
      const { [name]: _mended, ...fields } = errors.fields;
      setErrors({ ...errors, fields });
    },
  };
}
