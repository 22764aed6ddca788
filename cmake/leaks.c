/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the leak checker of a sanitizer build is told, in every program of it: a file would not do,
 * as it is read at the end, when a sandbox has shut the file system.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
	/* ONNX Runtime keeps a few bytes from its first environment to the end of the process; the
	 * same where the stack ends in operator new: Tanu itself has no C++. Fonts that were looked
	 * up stay known to the end of the process, and what dlopen() last said to the end of the
	 * thread. By the loader's name too: where a sandbox lets nothing start, nobody finds those
	 * of functions. */
	return "leak:libonnxruntime.so\n"
	       "leak:libstdc++.so\n"
	       "leak:libfontconfig.so\n"
	       "leak:libpango\n"
	       "leak:libglib-2.0.so\n"
	       "leak:libgobject-2.0.so\n"
	       "leak:_dlerror_run\n"
	       "leak:ld-linux\n";
}

__attribute__((visibility("default"))) const char *__lsan_default_options(void)
{
	/* The leak checker of clang 14 falls over the thread storage of ONNX Runtime. */
	return "print_suppressions=0:use_tls=0";
}
