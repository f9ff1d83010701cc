/** Numbers are pixels: Preact leaves units to whoever writes a style. */
export const px = (style: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(style).map(([name, value]) => [name, typeof value === 'number' ? `${value}px` : value]),
  );
