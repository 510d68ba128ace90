"use strict";
const { join } = require("node:path");

/*
 * Agents of the tests start threads by the hundred; compiled code is kept for them where the program itself keeps it. Inherited
 * by the processes that mocha starts.
 */
process.env.NODE_COMPILE_CACHE ??= join(__dirname, "../../.cache/node");
