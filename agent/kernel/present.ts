type Present<T> = {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
} & { [K in keyof T as undefined extends T[K] ? never : K]: T[K] };

/** The same members without those that are undefined: what is not said is absent. */
export function present<T extends object>(members: T): Present<T> {
  const said: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) said[name] = value;
  return said as Present<T>;
}
