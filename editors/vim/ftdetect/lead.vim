" Files that end in .lead are Fairlead's.
autocmd BufNewFile,BufRead *.lead setfiletype lead
