# `cmake --install build --prefix /usr` puts the program, what bash completes of it, its pages and its example files where
# configs/vilfredo.service looks for them. The pages keep their folders, so that they find each other.
include(GNUInstallDirs)
install(TARGETS vilfredo RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/vilfredo)
install(DIRECTORY docs configs DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/vilfredo)
install(CODE [[
  set(folder "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/share/bash-completion/completions")
  file(MAKE_DIRECTORY "${folder}")
  execute_process(COMMAND "$<TARGET_FILE:vilfredo>" completion bash OUTPUT_FILE "${folder}/vilfredo" COMMAND_ERROR_IS_FATAL ANY)
]])
