// The llhttp parser as Debian's node-llhttp packages it.
#pragma once
#include "/usr/share/include/llhttp/llhttp.h"
