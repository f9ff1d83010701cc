/** A table of functions that take their machine's object first, seen without that parameter. */
export type Bound<Owner, Table> = {
  [Name in keyof Table]: Table[Name] extends (owner: Owner, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never;
};

/** Binds every function of a table to its machine, once, so that a driver can take them apart and call them by name. */
export const bindAll = <Owner, Table extends Record<string, (owner: Owner, ...rest: never[]) => unknown>>(
  owner: Owner,
  table: Table,
): Bound<Owner, Table> => {
  const bound: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(table)) bound[name] = call.bind(null, owner);
  return bound as Bound<Owner, Table>;
};
