// The llhttp parser as Debian's node-llhttp packages it, in its strict mode.
#pragma once
#include "llhttp.h"
