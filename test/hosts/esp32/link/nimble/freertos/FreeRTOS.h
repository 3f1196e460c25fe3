#pragma once
typedef int portMUX_TYPE;
