import { type KeyboardEvent, useState } from 'react';
import { Button } from '../../components/Button';
import { FormError } from '../../components/FormError';
import { TextField } from '../../components/TextField';
import { useFocusFirstField } from '../../lib/focus';
import { limits } from '../../lib/limits';
import { useSubmit } from '../../lib/use-submit';
import { onlyErrors, requiredText } from '../../lib/validate-text';

interface CommentFormProps {
  label: string;
  placeholder?: string;
  initial?: string;
  rows: number;
  submitLabel: string;
  pendingLabel: string;
  /** Sends the text; the form is emptied, or taken away, when it succeeds. */
  onSubmit: (content: string) => Promise<void>;
  /** Given when the form can be left: then it was asked for, and takes the focus. */
  onCancel?: () => void;
}

/** The text of a comment, to be written or to be changed. */
export function CommentForm({ initial = '', onSubmit, onCancel, ...props }: CommentFormProps) {
  const [content, setContent] = useState(initial);
  const {
    form,
    pending,
    errors,
    onSubmit: submit,
    clearError,
  } = useSubmit({
    fieldNames: ['content'],
    validate: () => onlyErrors({ content: requiredText(content, limits.comment, 'Write a comment first') }),
    send: async () => {
      await onSubmit(content.trim());
      setContent(initial);
      // One can go on writing, unless one is elsewhere already.
      if (form.current?.contains(document.activeElement)) form.current.querySelector('textarea')?.focus();
    },
  });
  useFocusFirstField(form, onCancel !== undefined);

  // Escape leaves the form, but not when that would throw something away.
  const leaveOnEscape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && content === initial) onCancel?.();
  };

  return (
    <form
      ref={form}
      className="comment-form"
      noValidate
      data-empty={content === '' || undefined}
      onSubmit={submit}
      onKeyDown={leaveOnEscape}
    >
      <TextField
        label={props.label}
        labelHidden
        placeholder={props.placeholder ?? ''}
        rows={props.rows}
        value={content}
        onChange={(value) => {
          setContent(value);
          clearError('content');
        }}
        limit={limits.comment}
        error={errors.fields['content']}
      />
      <div className="form-actions">
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        <Button type="submit" look="primary" pending={pending}>
          {pending ? props.pendingLabel : props.submitLabel}
        </Button>
      </div>
      <FormError message={errors.form} />
    </form>
  );
}
