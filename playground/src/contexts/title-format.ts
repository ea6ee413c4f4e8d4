/** What a context is called where people read it. */
export const titleOf = (context: { readonly title?: string | null } | undefined): string =>
  context?.title?.trim() || 'Untitled';
