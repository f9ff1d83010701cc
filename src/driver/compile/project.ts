import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CompileError } from './types.ts';

/** What the inputs of a request come to. */
export interface Project {
  /** Absolute paths of the units, in order. */
  readonly units: readonly string[];
  /** Absolute. */
  readonly includeDirs: readonly string[];
  readonly defines: readonly string[];
  /** `-func:` options of WPP that a project file gives. */
  readonly traceFunctions: readonly string[];
  /** How the user called a file, by absolute path. */
  readonly given: ReadonlyMap<string, string>;
}

const SOURCE = /\.(c|cpp|cc|cxx)$/i;

interface Listed {
  readonly sources: readonly string[];
  readonly includeDirs: readonly string[];
  readonly defines: readonly string[];
  readonly traceFunctions: readonly string[];
}

const none: Listed = { sources: [], includeDirs: [], defines: [], traceFunctions: [] };

/**
 * The units of files and folders.
 * @throws CompileError when something is not there, is no C or C++, or holds nothing to compile
 */
export const projectOf = (inputs: readonly string[], dirs: readonly string[], defines: readonly string[]): Project => {
  const given = new Map<string, string>();
  const units = new Set<string>();
  const includeDirs = dirs.map((folder) => existing(folder, 'there is no such folder (-I)'));
  const all = { defines: [...defines], traceFunctions: [] as string[] };
  const add = (path: string, name: string): void => {
    units.add(path);
    if (!given.has(path)) given.set(path, name);
  };
  for (const input of inputs) {
    const path = existing(input, 'there is no such file or folder');
    if (!statSync(path).isDirectory()) {
      if (!SOURCE.test(path)) throw new CompileError(`${input}: neither C nor C++ (.c, .cpp, .cc, .cxx)`);
      add(path, input);
      continue;
    }
    const listed = listedIn(path);
    const sources = listed.sources.length > 0 ? listed.sources : sourcesIn(path);
    if (sources.length === 0) throw new CompileError(`${input}: there is nothing to compile directly in this folder`);
    for (const source of sources) add(resolve(path, source), join(input, source));
    includeDirs.push(...listed.includeDirs.map((folder) => resolve(path, folder)).filter(existsSync));
    all.defines.push(...listed.defines);
    all.traceFunctions.push(...listed.traceFunctions);
  }
  if (units.size === 0) throw new CompileError('there is nothing to compile: name C or C++ files, or a folder of them');
  return { units: [...units], includeDirs, given, ...all };
};

const existing = (name: string, otherwise: string): string => {
  const path = resolve(name);
  if (!existsSync(path)) throw new CompileError(`${name}: ${otherwise}`);
  return path;
};

const sourcesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => SOURCE.test(name))
    .sort();

/** What a project file of the folder lists: a .vcxproj, or the `sources` of older kits. */
const listedIn = (folder: string): Listed => {
  const names = readdirSync(folder);
  const projects = names.filter((name) => /\.vcxproj$/i.test(name));
  const sources = names.find((name) => name.toLowerCase() === 'sources');
  const listed =
    projects.length === 1
      ? ofVcxproj(readFileSync(join(folder, projects[0]), 'utf8'))
      : sources !== undefined && statSync(join(folder, sources)).isFile()
        ? ofSources(readFileSync(join(folder, sources), 'utf8'))
        : none;
  // A project file that names what is not there tells of another tree: the folder itself decides.
  return listed.sources.every((source) => existsSync(join(folder, source))) ? listed : { ...listed, sources: [] };
};

/** Values that hold macros of the build system cannot be known here. */
const plain = (value: string): boolean => value !== '' && !/[$%]\(/.test(value);

const unescapeXml = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

const slashes = (path: string): string => path.trim().replaceAll('\\', '/').replace(/\/$/, '');

const unique = (values: readonly string[]): string[] => [...new Set(values)];

const ofVcxproj = (text: string): Listed => {
  const values = (name: string): string[] =>
    unique(
      [...text.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([^<]*)</${name}>`, 'g'))].flatMap(([, list]) =>
        unescapeXml(list)
          .split(';')
          .map((value) => value.trim()),
      ),
    );
  const projectDir = (path: string): string =>
    path.replace(/\$\((?:ProjectDir|MSBuildProjectDirectory|MSBuildThisFileDirectory)\)[\\/]?/gi, './');
  return {
    sources: unique(
      [...text.matchAll(/<ClCompile\s+Include="([^"]+)"/g)].map(([, path]) => slashes(unescapeXml(path))),
    ),
    includeDirs: values('AdditionalIncludeDirectories').map(projectDir).filter(plain).map(slashes),
    defines: values('PreprocessorDefinitions').filter(plain),
    traceFunctions: wppOptions(values('WppAdditionalOptions').join(' ')),
  };
};

const wppOptions = (text: string): string[] =>
  [...text.matchAll(/-func:(\w+(?:\{[^}]*\})?\([^)]*\))/g)].map(([, it]) => it);

const ofSources = (text: string): Listed => {
  const joined = text.replace(/\\\r?\n/g, ' ');
  const value = (name: string): string => new RegExp(`^\\s*${name}\\s*=(.*)$`, 'im').exec(joined)?.[1].trim() ?? '';
  const words = (name: string): string[] => value(name).split(/\s+/).filter(plain);
  return {
    sources: words('SOURCES')
      .map(slashes)
      .filter((path) => SOURCE.test(path)),
    includeDirs: value('INCLUDES')
      .split(/[;\s]+/)
      .filter(plain)
      .map(slashes),
    defines: words('C_DEFINES').flatMap((word) => /^[-/]D(.+)$/.exec(word)?.[1] ?? []),
    traceFunctions: wppOptions(value('RUN_WPP')),
  };
};
