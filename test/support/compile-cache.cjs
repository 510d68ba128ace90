"use strict";
const { enableCompileCache } = require("node:module");
const { join } = require("node:path");

/*
 * Compiled code of the tests and of the agents in them is kept where the program itself keeps it: for this process, and for the
 * threads and processes that it starts.
 */
process.env.NODE_COMPILE_CACHE ??= join(__dirname, "../../.cache/node");
enableCompileCache(process.env.NODE_COMPILE_CACHE);
