/** @module The program's options, one table, and the file they can stand in. */
export { parseCloseLimit } from './close-limit.ts';
export { type Config, ConfigError, type ConfigValues, readConfigFile } from './config-file.ts';
export { type FallbackLimits, type FallbackValues, parseFallback } from './fallback.ts';
export { type InstanceOption, parseInstances } from './instances.ts';
export { isLoopback, type ListenAddress, parseListenAddress } from './listen-address.ts';
export { type OptionName, type OptionSpec, optionSpecs } from './options.ts';
export { parseRetention } from './retention.ts';
