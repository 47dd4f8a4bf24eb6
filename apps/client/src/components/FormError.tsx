import { Icon } from './Icon';

/** An error that belongs to no field; screen readers tell it at once. */
export function FormError({ message }: { message: string | undefined }) {
  if (message === undefined) return null;
  return (
    <p className="form-error" role="alert">
      <Icon name="alert" />
      <span>{message}</span>
    </p>
  );
}
