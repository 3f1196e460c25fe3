#pragma once
xsSlot *builtinGetCallback(xsMachine *the, xsIdentifier id);
void builtinInitializeTarget(xsMachine *the);
