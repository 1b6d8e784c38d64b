/** @module What a Samba server shares: the sections of its configuration, in files and registry, and their security. */
export { type RegistrySection, readRegistry } from './registry.ts';
export { parseList, parseText } from './share-parameters.ts';
export { type ReadSections, readShareSections, type SectionProblem, type ShareSection } from './share-sections.ts';
export { readShareSecurity, type ShareSecurity } from './share-security.ts';
