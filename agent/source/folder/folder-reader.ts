import { readWhole, type FileToRead } from "./folder-file.ts";

/** Reads files of a folder. A place where tests change a file while it is read. */
export interface FolderReader {
  /** As `readWhole`. */
  read(file: FileToRead): Promise<Buffer>;
}

export const FOLDER_READER: FolderReader = { read: readWhole };
