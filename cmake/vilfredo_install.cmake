# `cmake --install build --prefix /usr` puts the program, what bash completes of it, its pages and its example files where
# configs/vilfredo.service looks for them. The pages keep their folders, so that they find each other.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
install(TARGETS vilfredo RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/vilfredo)
install(DIRECTORY docs configs DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/vilfredo)
install(CODE [[
  set(folder "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/share/bash-completion/completions")
  file(MAKE_DIRECTORY "${folder}")
  execute_process(COMMAND "$<TARGET_FILE:vilfredo>" completion bash OUTPUT_FILE "${folder}/vilfredo" COMMAND_ERROR_IS_FATAL ANY)
]])

# What find_package(vilfredo) finds: vilfredo::study, and vilfredo::io for a store.
set(parts settings core optimizer io study)
foreach(part IN LISTS parts)
  set_target_properties(vilfredo_${part} PROPERTIES EXPORT_NAME ${part})
endforeach()
list(TRANSFORM parts PREPEND vilfredo_ OUTPUT_VARIABLE targets)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/vilfredo)
install(TARGETS ${targets} EXPORT vilfredo ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT vilfredo NAMESPACE vilfredo:: FILE vilfredo-targets.cmake DESTINATION ${package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/vilfredo-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES cmake/vilfredo-config.cmake ${PROJECT_BINARY_DIR}/vilfredo-config-version.cmake DESTINATION ${package})
install(DIRECTORY core optimizer io DESTINATION include/vilfredo FILES_MATCHING PATTERN "*.hpp"
  REGEX "/io/(api|http|remote)$" EXCLUDE)
install(FILES include/vilfredo/study.hpp DESTINATION include/vilfredo)
