import type { ValuePath } from "./finding.ts";

/** Paths, found in time that does not depend on how many there are. A tree, so that a long name is stored once. */
export class PathSet {
  readonly #root: Node = new Node();

  constructor(paths: readonly ValuePath[]) {
    for (const path of paths) {
      let node = this.#root;
      for (const step of path) node = node.child(step);
      node.isPath = true;
    }
  }

  has(path: ValuePath): boolean {
    let node: Node | undefined = this.#root;
    for (const step of path) {
      node = node.children?.get(step);
      if (node === undefined) return false;
    }
    return node.isPath;
  }
}

class Node {
  isPath = false;
  children: Map<string | number, Node> | undefined;

  child(step: string | number): Node {
    this.children ??= new Map();
    const known = this.children.get(step);
    if (known !== undefined) return known;
    const added = new Node();
    this.children.set(step, added);
    return added;
  }
}
