/* ES modules from files. Names of modules are real paths, so that a file is one module however it is imported. */
#include "host.h"

#define MAXIMUM 16

txSize byteCodeSize = 0;
txSize libraryCodeSize = 0;

static const char* roots[MAXIMUM];
static int rootCount = 0;
static const char* names[MAXIMUM];
static int nameCount = 0;
static char twinOf[C_PATH_MAX] = "";
static const char* twins = NULL;

static void add(const char** list, int* count, const char* entry)
{
	if (*count == MAXIMUM) {
		fprintf(stderr, "xs: too many --root or --map\n");
		exit(2);
	}
	list[(*count)++] = entry;
}

void addModuleRoot(const char* folder)
{
	add(roots, &rootCount, folder);
}

void addModuleName(const char* nameAndPath)
{
	add(names, &nameCount, nameAndPath);
}

void setTwins(const char* ofAndFolder)
{
	twins = strchr(ofAndFolder, '=');
	if (!twins || twins - ofAndFolder >= C_PATH_MAX) {
		fprintf(stderr, "xs: --twins OF=FOLDER\n");
		exit(2);
	}
	memcpy(twinOf, ofAndFolder, twins - ofAndFolder);
	twins++;
}

/* Relative to the importing file; mapped by --map NAME=PATH; or NAME/FILE in node_modules of a --root, which is what
 * package.json says for every module of the @noble packages. */
static txBoolean findFile(const char* name, const char* importer, char* path)
{
	char candidate[C_PATH_MAX];
	size_t length = strlen(name);
	int i;
	if (name[0] == '/')
		return realpath(name, path) != NULL;
	if (name[0] == '.') {
		const char* slash = importer ? strrchr(importer, '/') : NULL;
		if (!slash)
			return 0;
		snprintf(candidate, sizeof(candidate), "%.*s/%s", (int)(slash - importer), importer, name);
		return realpath(candidate, path) != NULL;
	}
	for (i = 0; i < nameCount; i++)
		if (!strncmp(names[i], name, length) && names[i][length] == '=')
			return realpath(names[i] + length + 1, path) != NULL;
	for (i = 0; i < rootCount; i++) {
		snprintf(candidate, sizeof(candidate), "%s/node_modules/%s", roots[i], name);
		if (realpath(candidate, path))
			return 1;
	}
	return 0;
}

txID fxFindModule(txMachine* the, txSlot* realm, txID moduleID, txSlot* slot)
{
	char name[C_PATH_MAX];
	char path[C_PATH_MAX];
	fxToStringBuffer(the, slot, name, sizeof(name));
	if (!findFile(name, moduleID == XS_NO_ID ? NULL : fxGetKeyName(the, moduleID), path))
		mxReferenceError("module %s not found", name);
	return fxNewNameC(the, path);
}

/* What --twins has of a module is read in its place, under its name. */
static FILE* openSource(const char* path)
{
	char twin[C_PATH_MAX];
	FILE* file = NULL;
	if (twins && !strncmp(path, twinOf, strlen(twinOf))) {
		snprintf(twin, sizeof(twin), "%s%s", twins, path + strlen(twinOf));
		file = fopen(twin, "rb");
	}
	return file ? file : fopen(path, "rb");
}

static char* readSource(const char* path)
{
	FILE* file = openSource(path);
	char* source = NULL;
	char* map;
	long length;
	if (!file)
		return NULL;
	if (!fseek(file, 0, SEEK_END) && (length = ftell(file)) >= 0 && (source = malloc(length + 1))) {
		rewind(file);
		source[fread(source, 1, length, file)] = 0;
		/* XS would look for the map; ours are inline and at the end. */
		for (map = strstr(source, "\n//# sourceMappingURL="); map; map = strstr(source, "\n//# sourceMappingURL="))
			*map = 0;
	}
	fclose(file);
	return source;
}

static txScript* parse(txMachine* the, char* path, char* source)
{
	txParser _parser;
	txParser* parser = &_parser;
	txParserJump jump;
	txScript* script = NULL;
	txStringCStream stream = { source, 0, (txSize)strlen(source) };
	fxInitializeParser(parser, the, the->parserBufferSize, the->parserTableModulo);
	parser->firstJump = &jump;
	if (c_setjmp(jump.jmp_buf) == 0) {
		parser->path = parser->source = fxNewParserSymbol(parser, path);
		fxParserTree(parser, &stream, fxStringCGetter, 0, NULL);
		fxParserHoist(parser);
		fxParserBind(parser);
		script = fxParserCode(parser);
	}
	fxTerminateParser(parser);
	return script;
}

void fxLoadModule(txMachine* the, txSlot* module, txID moduleID)
{
	char path[C_PATH_MAX];
	char* source;
	txScript* script;
	snprintf(path, sizeof(path), "%s", fxGetKeyName(the, moduleID));
	source = readSource(path);
	if (!source)
		mxReferenceError("module %s cannot be read", path);
	script = parse(the, path, source);
	free(source);
	if (!script)
		return;
	/* The libraries stand in for what a device has in native code. */
	if (strstr(path, "node_modules/"))
		libraryCodeSize += script->codeSize;
	else
		byteCodeSize += script->codeSize;
	fxResolveModule(the, module, moduleID, script, C_NULL, C_NULL);
}
