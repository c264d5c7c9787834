# The Debian package mesh-exporter, build/release/mesh-exporter_VERSION_ARCHITECTURE.deb:
#
#   cmake --build build/release --target deb
#
# Its name has no underscore, for Debian's may not. It is of component deb, which `cmake --install`
# leaves out: the program alone is installed by that. Of what is set here the build sees but one.
block(PROPAGATE CMAKE_SKIP_INSTALL_ALL_DEPENDENCY)
set(package mesh-exporter)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ${package})
set(CPACK_PACKAGE_CONTACT "The mesh_exporter authors <mesh-exporter@users.noreply.github.com>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
# The program has installed itself as of no component, which CPack calls Unspecified.
set(CPACK_COMPONENTS_ALL Unspecified deb)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# The 0: so that a package of Debian itself, of revision 1, would be the newer one.
set(CPACK_DEBIAN_PACKAGE_RELEASE 0upstream1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"One agent on a node asks the sidecar proxies of a service mesh (Envoy, Istio,
Linkerd, Consul, App Mesh) what only they know, and serves it as metrics: which
method fails with which gRPC status, towards which upstream, how the requests
spread over its endpoints, and which certificates are about to expire. It draws
the conclusions itself, in words, with evidence and remedy.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(here ${CMAKE_CURRENT_LIST_DIR})
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${here}/conffiles ${here}/postinst ${here}/prerm ${here}/postrm)
include(CPack)

# mesh_packed(<folder> <file>…) puts these there, mesh_packed_as(<path> <file>) one under another name.
function(mesh_packed folder)
  install(FILES ${ARGN} DESTINATION ${folder} COMPONENT deb EXCLUDE_FROM_ALL)
endfunction()
function(mesh_packed_as path file)
  cmake_path(GET path PARENT_PATH folder)
  cmake_path(GET path FILENAME name)
  install(FILES ${file} DESTINATION ${folder} RENAME ${name} COMPONENT deb EXCLUDE_FROM_ALL)
endfunction()

set(documents ${PROJECT_BINARY_DIR}/deb)
set(deploy ${PROJECT_SOURCE_DIR}/deploy)
file(GLOB dashboards CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/dashboards/*.json)
mesh_packed(/lib/systemd/system ${deploy}/systemd/mesh-exporter.service)
mesh_packed(/etc/mesh_exporter ${here}/mesh_exporter.yaml)
install(DIRECTORY DESTINATION /etc/mesh_exporter/targets COMPONENT deb EXCLUDE_FROM_ALL)
mesh_packed_as(/etc/default/mesh-exporter ${here}/mesh-exporter.default)
mesh_packed(share/man/man1 ${documents}/mesh_exporter.1.gz)
mesh_packed_as(share/bash-completion/completions/mesh_exporter ${documents}/mesh_exporter.bash)
mesh_packed(share/${package}/alerts ${PROJECT_SOURCE_DIR}/alerts/mesh_exporter.rules.yaml)
mesh_packed(share/${package}/dashboards ${dashboards})
mesh_packed(share/doc/${package} ${PROJECT_SOURCE_DIR}/README.md ${here}/copyright
  ${documents}/changelog.gz ${documents}/changelog.Debian.gz)
mesh_packed(share/doc/${package}/examples ${PROJECT_SOURCE_DIR}/config.example.yaml
  ${deploy}/systemd/network-namespaces.conf ${deploy}/systemd/private-files.conf)
install(DIRECTORY ${documents}/linked DESTINATION share/doc/${package} COMPONENT deb EXCLUDE_FROM_ALL)

# CPack itself would build everything first, tests and all.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
add_custom_target(deb
  COMMAND ${here}/documents.py --program=$<TARGET_FILE:mesh_exporter> --folder=${documents}
          --package=${package} --version=${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}
          "--maintainer=${CPACK_PACKAGE_CONTACT}" "--purpose=${PROJECT_DESCRIPTION}"
          --linked ${grpcpp_archives} ${protobuf_lite}
  COMMAND ${CMAKE_CPACK_COMMAND} -G DEB
  DEPENDS mesh_exporter
  WORKING_DIRECTORY ${PROJECT_BINARY_DIR}
  USES_TERMINAL
  VERBATIM)
endblock()
