import { comparable, isPlainInclude, isYes, type Statement } from '../conf/index.ts';
import type { RegistrySection } from './registry.ts';
import { toShareParameter } from './share-parameters.ts';

/** A section of the configuration as smbd sees it, with the defaults from [global] and what it copies of others. */
export interface ShareSection {
  /** As it stands where the section is first named. */
  readonly name: string;
  /** Under their first names in Samba's comparable form, see `toShareParameter`. */
  readonly values: ReadonlyMap<string, string>;
  /** What bears on it and could not be read: an `include` that is per client. */
  readonly hasOpenInclude: boolean;
}

export interface SectionProblem {
  /** `per-client`: an include with a `%` variable. `unread`: one that can't be read. `refused`: what Samba refuses to load. */
  readonly kind: 'per-client' | 'unread' | 'refused';
  readonly message: string;
}

export interface ReadSections {
  /** In the configuration's order, `homes` and `printers` too, and those that are not available. */
  readonly sections: readonly ShareSection[];
  /** The share parameters of [global], as they are in the end: what counts for a connection as such. */
  readonly defaults: ReadonlyMap<string, string>;
  /** What [global] says of where else there are shares, and of guests; names in comparable form. */
  readonly globals: ReadonlyMap<string, string>;
  readonly problems: readonly SectionProblem[];
}

/** What the configuration leads to beyond its own lines. */
export interface SectionSources {
  /** The lines of a file that the registry includes: none of one that is not there, null where it can't be read. */
  readonly include: (path: string) => readonly Statement[] | null;
  /** The registry in a state directory; undefined where none is configured. Asked for often. */
  readonly registry: (stateDirectory: string | undefined) => readonly RegistrySection[];
}

const globalParameters = new Set([
  'configbackend',
  'maptoguest',
  'registryshares',
  'statedirectory',
  'usersharemaxshares',
  'usersharepath',
]);
/** Registry and files may include each other. */
const maxDepth = 8;
const maxIncludes = 1000;
const maxSections = 100_000;
/** More say no more. */
const maxProblems = 100;

/**
 * The shares that a configuration makes, as `lp_load` of source3/param/loadparm.c does: a section begins with what [global]
 * says of shares by then, one that is named again goes on, and the registry's are laid over those of the file.
 */
export function readShareSections(lines: readonly Statement[], sources: SectionSources): ReadSections {
  const file = new SectionReader(sources);
  file.take(lines);
  // Of the file counts then nothing but that it says so: not even where the registry is.
  const reader = file.isInRegistry ? new SectionReader(sources) : file;
  if (file.isInRegistry) reader.takeRegistryGlobals();
  reader.takeRegistryShares();
  return reader;
}

interface Section {
  readonly name: string;
  readonly values: Map<string, string>;
  /** What it says itself: a copy does not change that. */
  readonly own: Set<string>;
  hasOpenInclude: boolean;
}

class SectionReader implements ReadSections {
  readonly defaults = new Map<string, string>();
  readonly globals = new Map<string, string>();
  readonly problems: SectionProblem[] = [];
  private readonly sources: SectionSources;
  private readonly byName = new Map<string, Section>();
  /** Null: [global]. */
  private current: Section | null = null;
  private includes = 0;
  private depth = 0;

  constructor(sources: SectionSources) {
    this.sources = sources;
  }

  get sections(): readonly ShareSection[] {
    return [...this.byName.values()];
  }

  get isInRegistry(): boolean {
    return this.globals.get('configbackend')?.toLowerCase() === 'registry';
  }

  take(statements: readonly Statement[]): void {
    for (const statement of statements) {
      if (statement.section !== undefined) this.enter(statement.section);
      else this.parameter(statement.name, statement.value);
    }
  }

  takeRegistryGlobals(): void {
    this.includeRegistry();
  }

  takeRegistryShares(): void {
    if (!isYes(this.globals.get('registryshares'))) return;
    for (const section of this.registry()) if (!isGlobal(section)) this.takeRegistry(section);
  }

  private registry(): readonly RegistrySection[] {
    return this.sources.registry(this.globals.get('statedirectory'));
  }

  private takeRegistry({ name, values }: RegistrySection): void {
    this.enter(name);
    for (const [parameter, value] of values) {
      if (parameter === 'include') this.includeFile(value);
      else this.parameter(comparable(parameter), value);
    }
  }

  private enter(name: string): void {
    const key = name.toLowerCase();
    this.current = null;
    if (key === 'global') return;
    const fresh = { name, values: new Map(this.defaults), own: new Set<string>(), hasOpenInclude: false };
    this.current = this.byName.get(key) ?? fresh;
    if (this.current !== fresh) return;
    if (this.byName.size < maxSections) this.byName.set(key, fresh);
    else this.refuse(`more than ${maxSections} shares`);
  }

  private parameter(name: string, value: string): void {
    if (name === 'include') this.include(value);
    else if (name === 'copy') this.copy(value);
    else this.set(name, value);
  }

  private set(name: string, value: string): void {
    if (this.current === null && globalParameters.has(name)) this.globals.set(name, value);
    const parameter = toShareParameter(name, value);
    if (parameter === null) this.refuse(`"${value}" is neither yes nor no`);
    if (!parameter) return;
    (this.current?.values ?? this.defaults).set(...parameter);
    this.current?.own.add(parameter[0]);
  }

  private copy(value: string): void {
    const source = this.byName.get(value.toLowerCase());
    if (source === undefined || this.current === null || source === this.current) {
      this.refuse(`copy = ${value}: there is no such section above it`);
      return;
    }
    const { values, own } = this.current;
    for (const [name, copied] of source.values) if (!own.has(name)) values.set(name, copied);
    // What the other does not say is as Samba has it by default, whatever [global] said when this one began.
    for (const name of values.keys()) if (!own.has(name) && !source.values.has(name)) values.delete(name);
    this.current.hasOpenInclude ||= source.hasOpenInclude;
  }

  /** Of a file: what could be followed has been. */
  private include(value: string): void {
    if (value.toLowerCase() === 'registry') this.includeRegistry();
    else if (isPlainInclude(value)) this.leaveOpen('unread', `include = ${value} can't be read, or they are too many`);
    else this.leaveOpen('per-client', `include = ${value} is another file for each client`);
  }

  private includeRegistry(): void {
    if (this.current !== null || !this.mayFollow()) {
      this.refuse('include = registry stands in a share, or includes itself');
      return;
    }
    this.globals.set('registryshares', 'yes');
    const global = this.registry().find(isGlobal);
    this.depth++;
    if (global !== undefined) this.takeRegistry(global);
    this.depth--;
  }

  /** Of the registry. */
  private includeFile(path: string): void {
    const statements = isPlainInclude(path) && this.mayFollow() ? this.sources.include(path) : null;
    this.depth++;
    if (statements === null) this.include(path);
    else this.take(statements);
    this.depth--;
  }

  private mayFollow(): boolean {
    return this.depth < maxDepth && ++this.includes <= maxIncludes;
  }

  private leaveOpen(kind: SectionProblem['kind'], message: string): void {
    if (this.current !== null) this.current.hasOpenInclude = true;
    this.tell(kind, message);
  }

  private refuse(message: string): void {
    this.tell('refused', message);
  }

  private tell(kind: SectionProblem['kind'], message: string): void {
    if (this.problems.length >= maxProblems) return;
    this.problems.push({ kind, message: `[${this.current?.name ?? 'global'}]: ${message}` });
  }
}

function isGlobal({ name }: Pick<RegistrySection, 'name'>): boolean {
  return name.toLowerCase() === 'global';
}
