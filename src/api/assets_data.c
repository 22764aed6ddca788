/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of web/dist, put in by the assembler: compiling them as numbers would take minutes. */
#include "api/assets.h"

#define TEXT_(x) #x
#define TEXT(x)	 TEXT_(x)

#define ASSET(number, path, type, digest, immutable, file)                                        \
	__asm__(                                                                                  \
	    ".pushsection .rodata\n"                                                              \
	    ".globl tanu_asset_" TEXT(                                                            \
		number) "\n"                                                                      \
			".hidden tanu_asset_" TEXT(                                               \
			    number) "\n"                                                          \
				    "tanu_asset_" TEXT(                                           \
					number) ":\n"                                             \
						".incbin \"" file "\"\n"                          \
						".globl tanu_asset_end_" TEXT(                    \
						    number) "\n"                                  \
							    ".hidden tanu_asset_end_" TEXT(       \
								number) "\n"                      \
									"tanu_asset_end_" TEXT(   \
									    number) ":\n"         \
										    ".byte 0\n"   \
										    ".popsection" \
										    "\n");        \
	extern const unsigned char tanu_asset_##number[], tanu_asset_end_##number[];
#include "api/assets.inc"
#undef ASSET

const struct asset assets[] = {
#define ASSET(number, path, type, digest, immutable, file) \
	{path,                                             \
	 type,                                             \
	 digest,                                           \
	 "\"" digest "\"",                                 \
	 immutable,                                        \
	 tanu_asset_##number,                              \
	 tanu_asset_end_##number},
#include "api/assets.inc"
#undef ASSET
    {"", "", "", "", false, (const unsigned char *)"", (const unsigned char *)""},
};
const size_t assets_len = sizeof(assets) / sizeof(assets[0]) - 1;
