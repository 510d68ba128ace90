/**
 * One cycle per group of nodes that reach each other, in order of first appearance: `[a, b, c]` means a → b → c → a.
 * Edges to unknown nodes are ignored. Linear in nodes and edges, and iterative, so a long chain cannot overflow the stack.
 */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): readonly string[][] {
  const done = new Set<string>();
  const found: string[][] = [];
  for (const root of graph.keys()) {
    if (!done.has(root)) walk(graph, { root, done, found });
  }
  return found;
}

interface Walk {
  readonly root: string;
  readonly done: Set<string>;
  readonly found: string[][];
}

/** Depth first from one root; an edge back onto the current trail closes a cycle. */
function walk(graph: ReadonlyMap<string, readonly string[]>, { root, done, found }: Walk): void {
  const trail = [root];
  const position = new Map([[root, 0]]);
  const rest = [[...(graph.get(root) ?? [])].reverse()];
  const inCycle = new Set<string>();
  while (trail.length > 0) {
    const next = rest.at(-1)?.pop();
    if (next === undefined) {
      const left = trail.pop();
      rest.pop();
      if (left !== undefined) {
        position.delete(left);
        done.add(left);
      }
      continue;
    }
    const start = position.get(next);
    if (start !== undefined) {
      const cycle = trail.slice(start);
      if (!cycle.some((node) => inCycle.has(node))) found.push(cycle);
      for (const node of cycle) inCycle.add(node);
    } else if (graph.has(next) && !done.has(next)) {
      position.set(next, trail.length);
      trail.push(next);
      rest.push([...(graph.get(next) ?? [])].reverse());
    }
  }
}
