/** Puts what lies on top of the page under what it belongs to, or above it where there is no room; never outside. */
export function placeBelow(popover: HTMLElement, anchor: HTMLElement): void {
  const gap = 4;
  const edge = 8;
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const hasRoom = at.bottom + gap + height <= window.innerHeight - edge;
  const left = Math.min(at.left, window.innerWidth - width - edge);
  popover.style.left = `${Math.max(edge, left)}px`;
  popover.style.top = `${Math.max(edge, hasRoom ? at.bottom + gap : at.top - gap - height)}px`;
}
