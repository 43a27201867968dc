// Reads what the loaders of Linux, macOS and Windows read of a shared library, on any machine:
//   { format, arch, libraries, imports, exports, needs }, and the machine code as { code, address }.
// `imports` are names; of ELF with the version behind an @, of PE with the library before a !.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** @param {string} path */
export function inspect(path) {
  const bytes = readFileSync(path);
  if (bytes.readUInt32BE(0) === 0x7f454c46) return inspectElf(bytes);
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return inspectMachO(bytes);
  if (bytes.toString('latin1', 0, 2) === 'MZ') return inspectPe(bytes);
  throw new Error(`${path}: neither ELF nor Mach-O nor PE`);
}

/** Bytes of machine code in an object file of any of the three formats. */
export function codeSize(path) {
  const bytes = readFileSync(path);
  let size = 0;
  if (bytes.readUInt32BE(0) === 0x7f454c46) {
    for (let i = 0, at = Number(bytes.readBigUInt64LE(40)); i < bytes.readUInt16LE(60); i++, at += 64) {
      if (bytes.readUInt32LE(at + 8) & 4) size += Number(bytes.readBigUInt64LE(at + 32));
    }
  } else if (bytes.readUInt32LE(0) === 0xfeedfacf) {
    return inspectMachO(bytes).code.length;
  } else {
    for (let i = 0, at = 20 + bytes.readUInt16LE(16); i < bytes.readUInt16LE(2); i++, at += 40) {
      if (bytes.readUInt32LE(at + 36) & 0x20) size += bytes.readUInt32LE(at + 16);
    }
  }
  return size;
}

function text(bytes, offset) {
  return bytes.toString('latin1', offset, bytes.indexOf(0, offset));
}

function inspectElf(bytes) {
  const word = (offset) => Number(bytes.readBigUInt64LE(offset));
  const table = word(40);
  const sections = Array.from({ length: bytes.readUInt16LE(60) }, (_, i) => {
    const at = table + i * bytes.readUInt16LE(58);
    const [name, type, link, info] = [0, 4, 40, 44].map((field) => bytes.readUInt32LE(at + field));
    return { name, type, link, info, address: word(at + 16), offset: word(at + 24), size: word(at + 32) };
  });
  const names = sections[bytes.readUInt16LE(62)].offset;
  for (const section of sections) section.name = text(bytes, names + section.name);
  const find = (name) => sections.find((section) => section.name === name);
  const dynamicSymbols = find('.dynsym');
  const strings = sections[dynamicSymbols.link].offset;

  // Versions that are needed of other libraries, by the number that symbols are marked with.
  const versions = new Map();
  const needed = find('.gnu.version_r');
  for (let i = 0, at = needed?.offset; i < (needed?.info ?? 0); i++, at += bytes.readUInt32LE(at + 12)) {
    for (let k = 0, aux = at + bytes.readUInt32LE(at + 8); k < bytes.readUInt16LE(at + 2); k++) {
      versions.set(bytes.readUInt16LE(aux + 6), text(bytes, strings + bytes.readUInt32LE(aux + 8)));
      aux += bytes.readUInt32LE(aux + 12);
    }
  }
  const marks = find('.gnu.version');
  const imports = [];
  const exports = [];
  for (let i = 1; i < dynamicSymbols.size / 24; i++) {
    const at = dynamicSymbols.offset + 24 * i;
    const name = text(bytes, strings + bytes.readUInt32LE(at));
    if (bytes.readUInt16LE(at + 6) !== 0) exports.push(name);
    else {
      const version = marks && versions.get(bytes.readUInt16LE(marks.offset + 2 * i) & 0x7fff);
      imports.push(version ? `${name}@${version}` : name);
    }
  }
  const libraries = [];
  let flags = 0;
  const dynamic = find('.dynamic');
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    if (word(at) === 1) libraries.push(text(bytes, strings + word(at + 8)));
    if (word(at) === 0x6ffffffb) flags = word(at + 8);
  }
  const code = find('.text');
  const glibc = [...versions.values()]
    .flatMap((version) => /^GLIBC_([\d.]+)$/.exec(version)?.[1] ?? [])
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return {
    format: 'ELF',
    arch: { 62: 'x64', 183: 'arm64' }[bytes.readUInt16LE(18)],
    libraries,
    imports,
    exports,
    needs: glibc.length > 0 ? `glibc ${glibc.at(-1)}` : '',
    staysMapped: (flags & 8) !== 0,
    code: bytes.subarray(code.offset, code.offset + code.size),
  };
}

function inspectMachO(bytes) {
  const libraries = [];
  const imports = [];
  const exports = [];
  let needs = '';
  let code;
  let signature;
  const commands = bytes.readUInt32LE(16);
  for (let i = 0, at = 32; i < commands; i++, at += bytes.readUInt32LE(at + 4)) {
    const command = bytes.readUInt32LE(at) & 0x7fffffff;
    const field = (offset) => bytes.readUInt32LE(at + offset);
    if (command === 0x19 && /^(__TEXT)?$/.test(text(bytes, at + 8))) {
      for (let k = 0; k < field(64); k++) {
        const section = at + 72 + 80 * k;
        if (text(bytes, section) !== '__text') continue;
        const offset = bytes.readUInt32LE(section + 48);
        code = bytes.subarray(offset, offset + Number(bytes.readBigUInt64LE(section + 40)));
      }
    } else if (command === 0x2) {
      const [symbols, count, strings] = [field(8), field(12), field(16)];
      for (let k = 0; k < count; k++) {
        const symbol = symbols + 16 * k;
        const type = bytes[symbol + 4];
        if ((type & 0xe0) !== 0 || (type & 1) === 0) continue;
        const name = text(bytes, strings + bytes.readUInt32LE(symbol)).replace(/^_/, '');
        ((type & 0x0e) === 0 ? imports : exports).push(name);
      }
    } else if (command === 0xc || command === 0x18) {
      libraries.push(text(bytes, at + field(8)));
    } else if (command === 0x32) {
      needs = `macOS ${field(12) >> 16}${(field(12) >> 8) & 255 ? `.${(field(12) >> 8) & 255}` : ''}`;
    } else if (command === 0x1d) {
      signature = { offset: field(8), size: field(12) };
    }
  }
  return {
    format: 'Mach-O',
    arch: { 16777223: 'x64', 16777228: 'arm64' }[bytes.readUInt32LE(4)],
    loadable: [6, 8].includes(bytes.readUInt32LE(12)),
    libraries,
    imports,
    exports,
    needs,
    signature: signature ? judgeSignature(bytes, signature.offset) : 'none',
    code,
  };
}

/** What macOS checks of an ad-hoc signature: the hash of every page. */
function judgeSignature(bytes, at) {
  const word = (offset) => bytes.readUInt32BE(offset);
  if (word(at) !== 0xfade0cc0) return 'no signature at its place';
  for (let i = 0; i < word(at + 8); i++) {
    const directory = at + word(at + 16 + 8 * i);
    if (word(directory) !== 0xfade0c02) continue;
    const [flags, hashes, slots, limit] = [12, 16, 28, 32].map((field) => word(directory + field));
    const [hashSize, hashType] = [bytes[directory + 36], bytes[directory + 37]];
    const page = 2 ** bytes[directory + 39];
    if (hashType !== 2 || hashSize !== 32) return `hashes of type ${hashType}`;
    if (slots !== Math.ceil(limit / page)) return `${slots} hashes for ${limit} bytes`;
    for (let k = 0; k < slots; k++) {
      const hash = createHash('sha256').update(bytes.subarray(k * page, Math.min(limit, (k + 1) * page)));
      const stored = bytes.subarray(directory + hashes + k * hashSize, directory + hashes + (k + 1) * hashSize);
      if (!hash.digest().equals(stored)) return `wrong hash of page ${k}`;
    }
    return flags & 2 ? 'valid, ad hoc' : 'valid';
  }
  return 'no code directory';
}

function inspectPe(bytes) {
  const head = bytes.readUInt32LE(0x3c);
  const optional = head + 24;
  const sectionTable = optional + bytes.readUInt16LE(head + 20);
  const sections = Array.from({ length: bytes.readUInt16LE(head + 6) }, (_, i) => {
    const at = sectionTable + 40 * i;
    const [size, address, rawSize, offset] = [8, 12, 16, 20].map((field) => bytes.readUInt32LE(at + field));
    return { name: bytes.toString('latin1', at, at + 8).replace(/\0+$/, ''), size, address, rawSize, offset };
  });
  const place = (address) => {
    const section = sections.find((one) => address >= one.address && address < one.address + one.rawSize);
    return address - section.address + section.offset;
  };
  const directory = (index) => bytes.readUInt32LE(optional + 112 + 8 * index);

  const exports = [];
  if (directory(0)) {
    const at = place(directory(0));
    const names = place(bytes.readUInt32LE(at + 32));
    for (let i = 0; i < bytes.readUInt32LE(at + 24); i++)
      exports.push(text(bytes, place(bytes.readUInt32LE(names + 4 * i))));
  }
  const libraries = [];
  const imports = [];
  for (let at = place(directory(1)); bytes.readUInt32LE(at + 12); at += 20) {
    const library = text(bytes, place(bytes.readUInt32LE(at + 12)));
    libraries.push(library);
    for (let slot = place(bytes.readUInt32LE(at)); bytes.readBigUInt64LE(slot); slot += 8) {
      imports.push(`${library}!${text(bytes, place(Number(bytes.readBigUInt64LE(slot))) + 2)}`);
    }
  }
  const code = sections.find(({ name }) => name === '.text');
  return {
    format: 'PE',
    arch: { 34404: 'x64', 43620: 'arm64' }[bytes.readUInt16LE(head + 4)],
    libraries,
    delayed: directory(13) !== 0,
    imports,
    exports,
    needs: `Windows ${bytes.readUInt16LE(optional + 48)}.${bytes.readUInt16LE(optional + 50)}`,
    code: bytes.subarray(code.offset, code.offset + Math.min(code.size, code.rawSize)),
  };
}
