import { type KeyboardEvent, useState } from 'react';
import { Button } from '../../components/Button';
import { FormError } from '../../components/FormError';
import { TextField } from '../../components/TextField';
import { useFocusFirstField } from '../../lib/focus';
import { limits } from '../../lib/limits';
import { useSubmit } from '../../lib/use-submit';
import { onlyErrors, requiredText, tooLong } from '../../lib/validate-text';

export interface PostText {
  title: string;
  body: string;
}

interface PostFormProps {
  /** The name of the form: one of them is given. */
  labelledBy?: string;
  label?: string;
  initial?: PostText;
  submitLabel: string;
  pendingLabel: string;
  /** Sends the text; the form is emptied, or taken away, when it succeeds. */
  onSubmit: (text: PostText) => Promise<void>;
  /** Given when the form can be left: then it was asked for, and takes the focus. */
  onCancel?: () => void;
}

const empty: PostText = { title: '', body: '' };

/** The title and the body of a post, to be written or to be changed. */
export function PostForm({ initial = empty, onSubmit, onCancel, ...props }: PostFormProps) {
  const [text, setText] = useState(initial);
  const {
    form,
    pending,
    errors,
    onSubmit: submit,
    clearError,
  } = useSubmit({
    fieldNames: ['title', 'body'],
    validate: () =>
      onlyErrors({
        title: requiredText(text.title, limits.title, 'Give the post a title'),
        body: tooLong(text.body, limits.body),
      }),
    send: async () => {
      await onSubmit({ title: text.title.trim(), body: text.body });
      setText(initial);
    },
  });
  useFocusFirstField(form, onCancel !== undefined);

  const change = (part: Partial<PostText>): void => {
    setText({ ...text, ...part });
    Object.keys(part).forEach(clearError);
  };
  // Escape leaves the form, but not when that would throw something away.
  const leaveOnEscape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && text.title === initial.title && text.body === initial.body) onCancel?.();
  };
  return (
    <form
      ref={form}
      className="form"
      noValidate
      aria-labelledby={props.labelledBy}
      aria-label={props.label}
      onSubmit={submit}
      onKeyDown={leaveOnEscape}
    >
      <TextField
        label="Title"
        value={text.title}
        onChange={(title) => change({ title })}
        limit={limits.title}
        error={errors.fields['title']}
      />
      <TextField
        label="Body"
        optional
        rows={3}
        value={text.body}
        onChange={(body) => change({ body })}
        limit={limits.body}
        error={errors.fields['body']}
      />
      <FormError message={errors.form} />
      <div className="form-actions">
        {onCancel && <Button onClick={onCancel}>Cancel</Button>}
        <Button type="submit" look="primary" pending={pending}>
          {pending ? props.pendingLabel : props.submitLabel}
        </Button>
      </div>
    </form>
  );
}
