// Keys of people who do not exist, for tests alone: of whoever signs, and of somebody else.
#pragma once

#include <string>

namespace fairlead::keys {

inline const std::string lee =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEII5tZfl6/hyXOVItYJwy/sZkrasMeDVxqLwb6V4Wc27h\n"
    "-----END PRIVATE KEY-----\n";
inline const std::string lee_public =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEATtUnyUrYCELtHlbTOzS1G3xgfOYoCqjrw7E6DloyzKI=\n"
    "-----END PUBLIC KEY-----\n";
inline const std::string kim =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEING/3C2G5CS4liVdcizeEX7ODeBmlEr377irsByXRtbi\n"
    "-----END PRIVATE KEY-----\n";
inline const std::string kim_public =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAsuaAJBW6FLTxMaSzApwX2Upcz4JHjgFYi9cF46f/MdE=\n"
    "-----END PUBLIC KEY-----\n";

}  // namespace fairlead::keys
