import { type Instant, now, type Problem } from '../../sessions/index.ts';

/** What one server says of what is to be closed on it. */
export interface PartOfPlan<C> {
  readonly closes: readonly C[];
  readonly problems: readonly Problem[];
}

interface Planned<L> {
  readonly location: L;
}

/** How a kind of location is planned. */
export interface Planning<S, L, C> {
  readonly format: (location: L) => string;
  readonly planFor: (server: S, locations: readonly L[]) => Promise<PartOfPlan<C>>;
  /** What is said of a location of none of the servers. */
  readonly notServed: (location: L) => C;
}

/** Each location once, in the order given, as its server plans it. */
export async function planParts<
  S extends { readonly instance: number },
  L extends { readonly instance: number },
  C extends Planned<L>,
>(
  servers: readonly S[],
  locations: readonly L[],
  { format, planFor, notServed }: Planning<S, L, C>,
): Promise<PartOfPlan<C> & { readonly madeAt: Instant }> {
  const madeAt = now();
  const wanted = [...new Map(locations.map((location) => [format(location), location])).values()];
  const byInstance = Map.groupBy(wanted, ({ instance }) => instance);
  const asked = servers.filter(({ instance }) => byInstance.has(instance));
  const parts = await Promise.all(asked.map((server) => planFor(server, byInstance.get(server.instance)!)));
  const planned = new Map(parts.flatMap(({ closes }) => closes).map((close) => [close.location, close]));
  return {
    madeAt,
    closes: wanted.map((location) => planned.get(location) ?? notServed(location)),
    problems: parts.flatMap(({ problems }) => problems),
  };
}
