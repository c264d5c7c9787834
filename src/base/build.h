// What this binary is: the version that --version, mesh_exporter_build_info and the landing page
// show, and what it was built with. The version is CMakeLists.txt's.
#pragma once

#include <string_view>

namespace mesh::build {

extern const std::string_view version;

#if defined(__clang__)
inline constexpr std::string_view compiler = "clang " __clang_version__;
#else
inline constexpr std::string_view compiler = "g++ " __VERSION__;
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr std::string_view kind = "sanitized";
#elif defined(NDEBUG)
inline constexpr std::string_view kind = "release";
#else
inline constexpr std::string_view kind = "debug";
#endif

#if defined(__x86_64__)
inline constexpr std::string_view platform = "linux/amd64";
#elif defined(__aarch64__)
inline constexpr std::string_view platform = "linux/arm64";
#else
inline constexpr std::string_view platform = "linux";
#endif

}  // namespace mesh::build
