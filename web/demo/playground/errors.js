// plain makes an error what JSON can show: the fields of AuthError are what an app has to work with.
export function plain(error) {
  const { name, code, message, retryable, requestId, cause } = error;
  return { name, code, message, retryable, requestId, cause: cause && String(cause) };
}
