"""For the hub. The Littlest JupyterHub reads jupyterhub_config.d/course.py in /opt/tljh/config/.

/srv/course is the one copy of the course that all learners share.
"""

c.Spawner.environment.update({
    "COURSE_CACHE": "/srv/course-cache",    # python_docs, collected once; learners only read it
    "COURSE_MY": "~/course",                # each learner's own notebooks
    "OMP_NUM_THREADS": "1",                 # else each kernel takes all CPUs of the machine
})
c.Spawner.default_url = "/lab/tree/course/index.ipynb"
c.Spawner.mem_limit = "2G"
c.Spawner.cpu_limit = 1
